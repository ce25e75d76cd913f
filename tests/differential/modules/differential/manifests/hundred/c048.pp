# Ten resources.
class differential::hundred::c048 {
  notify { 'c048 1':
    message => "1 of class c048 on ${facts['networking']['hostname']}",
  }
  notify { 'c048 2':
    message => "2 of class c048 on ${facts['networking']['hostname']}",
  }
  notify { 'c048 3':
    message => "3 of class c048 on ${facts['networking']['hostname']}",
  }
  notify { 'c048 4':
    message => "4 of class c048 on ${facts['networking']['hostname']}",
  }
  notify { 'c048 5':
    message => "5 of class c048 on ${facts['networking']['hostname']}",
  }
  notify { 'c048 6':
    message => "6 of class c048 on ${facts['networking']['hostname']}",
  }
  notify { 'c048 7':
    message => "7 of class c048 on ${facts['networking']['hostname']}",
  }
  notify { 'c048 8':
    message => "8 of class c048 on ${facts['networking']['hostname']}",
  }
  notify { 'c048 9':
    message => "9 of class c048 on ${facts['networking']['hostname']}",
  }
  notify { 'c048 10':
    message => "10 of class c048 on ${facts['networking']['hostname']}",
  }
}
