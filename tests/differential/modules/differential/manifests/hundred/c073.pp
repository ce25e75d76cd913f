# Ten resources.
class differential::hundred::c073 {
  notify { 'c073 1':
    message => "1 of class c073 on ${facts['networking']['hostname']}",
  }
  notify { 'c073 2':
    message => "2 of class c073 on ${facts['networking']['hostname']}",
  }
  notify { 'c073 3':
    message => "3 of class c073 on ${facts['networking']['hostname']}",
  }
  notify { 'c073 4':
    message => "4 of class c073 on ${facts['networking']['hostname']}",
  }
  notify { 'c073 5':
    message => "5 of class c073 on ${facts['networking']['hostname']}",
  }
  notify { 'c073 6':
    message => "6 of class c073 on ${facts['networking']['hostname']}",
  }
  notify { 'c073 7':
    message => "7 of class c073 on ${facts['networking']['hostname']}",
  }
  notify { 'c073 8':
    message => "8 of class c073 on ${facts['networking']['hostname']}",
  }
  notify { 'c073 9':
    message => "9 of class c073 on ${facts['networking']['hostname']}",
  }
  notify { 'c073 10':
    message => "10 of class c073 on ${facts['networking']['hostname']}",
  }
}
