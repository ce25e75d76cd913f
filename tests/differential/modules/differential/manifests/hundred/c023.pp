# Ten resources.
class differential::hundred::c023 {
  notify { 'c023 1':
    message => "1 of class c023 on ${facts['networking']['hostname']}",
  }
  notify { 'c023 2':
    message => "2 of class c023 on ${facts['networking']['hostname']}",
  }
  notify { 'c023 3':
    message => "3 of class c023 on ${facts['networking']['hostname']}",
  }
  notify { 'c023 4':
    message => "4 of class c023 on ${facts['networking']['hostname']}",
  }
  notify { 'c023 5':
    message => "5 of class c023 on ${facts['networking']['hostname']}",
  }
  notify { 'c023 6':
    message => "6 of class c023 on ${facts['networking']['hostname']}",
  }
  notify { 'c023 7':
    message => "7 of class c023 on ${facts['networking']['hostname']}",
  }
  notify { 'c023 8':
    message => "8 of class c023 on ${facts['networking']['hostname']}",
  }
  notify { 'c023 9':
    message => "9 of class c023 on ${facts['networking']['hostname']}",
  }
  notify { 'c023 10':
    message => "10 of class c023 on ${facts['networking']['hostname']}",
  }
}
